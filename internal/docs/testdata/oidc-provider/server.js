// A certified OAuth2 server with one client, for the client credentials flow with Basic authentication. Prints its address.
import Provider from 'oidc-provider';

const [id, secret] = process.argv.slice(2);

const provider = new Provider('http://127.0.0.1', {
  routes: { token: '/oauth2/token' },
  clients: [{
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  ttl: { ClientCredentials: 1799 },
  cookies: { keys: ['only for tests'] },
});

const server = provider.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
