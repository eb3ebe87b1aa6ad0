package pdfsig

// CheckHashing is Check with another bound on the bytes that are hashed.
var CheckHashing = check
