package probe

// SetSpec has a run hold the server against another OpenAPI document than the embedded one.
func (c *Config) SetSpec(document []byte) { c.spec = document }
