import { assignedSecret } from './assignedSecret.ts';
import { clusterTokenRules } from './clusterTokens.ts';
import { discordToken } from './discordToken.ts';
import { homeTokenRules } from './homeTokens.ts';
import { httpCredentialRules } from './httpCredentials.ts';
import { kubeconfig } from './kubeconfig.ts';
import { plainSecret } from './plainSecret.ts';
import type { DocumentRule, TokenRule } from './rule.ts';
import { serviceTokenRules } from './serviceTokens.ts';
import { sopsRules } from './sopsFile.ts';

/** Rules for secrets with a unique shape, by priority. */
export const tokenRules: readonly TokenRule[] = [
  ...clusterTokenRules,
  ...serviceTokenRules,
  ...homeTokenRules,
  discordToken,
  ...httpCredentialRules,
  assignedSecret,
];

/** Rules for whole YAML and JSON documents, by priority. */
export const documentRules: readonly DocumentRule[] = [...sopsRules, kubeconfig, plainSecret];
