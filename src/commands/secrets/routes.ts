import { buildRouteMap } from '@stricli/core';
import { edit } from './edit.ts';
import { encrypt } from './encrypt.ts';
import { get } from './get.ts';
import { keygen } from './keygen.ts';
import { addRecipient, listRecipient, removeRecipient } from './recipients.ts';
import { rotate } from './rotate.ts';
import { set } from './set.ts';
import { view } from './view.ts';

/** `gatehouse secrets`: keys, recipients and encrypted values. */
export const secrets = buildRouteMap({
  routes: {
    keygen,
    edit,
    encrypt,
    set,
    get,
    view,
    rotate,
    recipients: buildRouteMap({
      routes: { list: listRecipient, add: addRecipient, remove: removeRecipient },
      docs: { brief: 'The recipients that can decrypt the encrypted files' },
    }),
  },
  docs: { brief: 'Manage keys, recipients, and the encrypted private values and secrets' },
});
