import { clusterTokenRules } from './clusterTokens.ts';
import { kubeconfig } from './kubeconfig.ts';
import { plainSecret } from './plainSecret.ts';
import type { DocumentRule, TokenRule } from './rule.ts';
import { serviceTokenRules } from './serviceTokens.ts';
import { sopsRules } from './sopsFile.ts';

/** Secrets with a shape of their own, in the order in which they are asked. */
export const tokenRules: readonly TokenRule[] = [...clusterTokenRules, ...serviceTokenRules];

/** Rules about whole YAML and JSON documents, in the order in which they are asked. */
export const documentRules: readonly DocumentRule[] = [...sopsRules, kubeconfig, plainSecret];
