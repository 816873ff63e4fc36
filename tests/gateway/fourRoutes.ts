import { httpRoute, logins, loginValues } from './sampleRoutes.ts';

/** A route of HTTP with each login that Envoy Gateway asks for by itself, and the values of their handles. */
export const fourRoutes = {
  routes: [
    httpRoute('shop', logins.access),
    httpRoute('api', logins.jwt, { clients: 'machine' }),
    httpRoute('lamp', logins.home, { from: 'home' }),
    httpRoute('page', logins.none),
  ],
  hosts: {
    ...loginValues,
    SHOP_HOST: 'shop.example.org',
    API_HOST: 'api.example.org',
    LAMP_HOST: 'lamp.example.org',
    PAGE_HOST: 'page.example.org',
  },
};
