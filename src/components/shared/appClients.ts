/** An app whose own clients cannot answer a login page, and the way in that works for them. */
export interface AppClient {
  /** How it is called in lower case; the name of a route or of a Service has it as its words. */
  name: string;
  title: string;
  works: string;
}

/** Apps that home clusters often have, whose clients are more than browsers. What works is of their documentation. */
export const appClients: readonly AppClient[] = [
  {
    name: 'plex',
    title: 'Plex',
    works:
      'its players sign in at plex.tv: reach it from home and the VPN, or with login none and that as the reason',
  },
  {
    name: 'jellyfin',
    title: 'Jellyfin',
    works:
      'its players sign in at Jellyfin itself: reach it from home and the VPN, or with login none and that as the reason',
  },
  {
    name: 'home-assistant',
    title: 'Home Assistant',
    works:
      'its app signs in at Home Assistant itself: reach it from home and the VPN, or with login none and that as the reason',
  },
  {
    name: 'immich',
    title: 'Immich',
    works:
      'its app sends a service token of Access in headers of its own: login access with serviceTokens. Links that you share open in a browser without it',
  },
  {
    name: 'navidrome',
    title: 'Navidrome',
    works:
      'its players use /rest with a password of Navidrome, and guests /share: give these paths a route of their own with login none and that as the reason',
  },
  {
    name: 'vaultwarden',
    title: 'Vaultwarden',
    works:
      'the clients of Bitwarden sign in at Vaultwarden itself: reach it from home and the VPN, or with login none and that as the reason',
  },
  {
    name: 'audiobookshelf',
    title: 'Audiobookshelf',
    works:
      'its app signs in at Audiobookshelf itself, also by OpenID Connect: reach it from home and the VPN, or with login none and that as the reason',
  },
  {
    name: 'n8n',
    title: 'n8n',
    works:
      'whoever calls a webhook has no account: give /webhook a route of its own with login none, and the workflow a secret that it asks for',
  },
  {
    name: 'forgejo',
    title: 'Forgejo',
    works:
      'Git signs in with a token of Forgejo: reach it from home and the VPN, or with login none and that as the reason',
  },
];

/** The app of a route, if it is one of these, by the names of the route and of the Service behind it. */
export function appClientOf(...names: readonly string[]): AppClient | undefined {
  return appClients.find(({ name }) => names.some((each) => `-${each}-`.includes(`-${name}-`)));
}
