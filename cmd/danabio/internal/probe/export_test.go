package probe

// SetSpec makes a run compare the server with another OpenAPI document than the embedded one.
func (c *Config) SetSpec(document []byte) { c.spec = document }
