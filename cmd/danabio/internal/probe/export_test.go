package probe

// SetSpec sets another OpenAPI document than the embedded one to compare the server with.
func (c *Config) SetSpec(document []byte) { c.spec = document }
