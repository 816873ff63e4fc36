/** Which login fits what, and what it costs. */
export const loginTable = `## Which login

| login | for | the app learns | what it costs | when it fails |
|---|---|---|---|---|
| \`access\` | browsers from anywhere; programs with a service token | the token of Access, verified | an account at Cloudflare, which sees the requests in clear text; bodies up to 100 MB on the free plan | Cloudflare down: nobody gets in from outside |
| \`jwt\` | programs, and apps that can send a header | headers with claims | an issuer whose keys the Gateway can fetch, and a way to give out tokens; each request is verified by its signature | issuer down: known keys count for a while, and then 401 |
| \`oidc\` | browsers | headers, if asked for | an identity provider in the cluster or outside; a session in a cookie | provider down: sessions go on, nobody new gets in |
| \`extauth\` | browsers, where an app has no login of its own | headers of that service | one more service in the way of each request | service down: 403 or 503, never open |
| \`access-and\` | browsers, where two independent logins are wanted | as the second login | both of the above, and signing in twice | as either of them |
| \`oidc-or-jwt\` | browsers and programs at one address | headers with claims | an identity provider whose access tokens are JWTs | as either of them |
| \`home-network\` | everything at home and on the VPN | nothing | nothing; whoever is in the network gets in, each guest and each hacked device too | a wrong address range locks everybody out |
| \`none\` | what cannot ask: webhooks, apps with their own sign-in | nothing | a reason and a last day, which are shown until then | open to everybody, which is what it says |

TCP and TLS that the server ends itself show the Gateway no token: there only \`home-network\` and \`none\` exist. Never put a page in
front of an app of a phone or a television: it cannot fill it in.`;
