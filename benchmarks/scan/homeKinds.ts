/**
 * The kinds of secrets of gitleaks that a home has: what its cluster, its Git host, its DNS, its backups, its
 * notifications and its monitoring are reached with, and what is written by hand under any name. Not among them are
 * kinds of shops, of payment, of advertising, of market data and of large companies' own systems, and what is
 * public (`discord-client-id`, tokens of maps).
 */
export const homeKinds: readonly string[] = `
  1password-secret-key 1password-service-account-token age-secret-key private-key kubernetes-secret-yaml jwt jwt-base64
  generic-api-key curl-auth-header curl-auth-user
  cloudflare-api-key cloudflare-global-api-key cloudflare-origin-ca-key defined-networking-api-token
  digitalocean-access-token digitalocean-pat digitalocean-refresh-token flyio-access-token aws-access-token gcp-api-key
  hashicorp-tf-api-token pulumi-api-token doppler-api-token vault-batch-token vault-service-token
  github-app-token github-fine-grained-pat github-oauth github-pat github-refresh-token
  gitlab-cicd-job-token gitlab-deploy-token gitlab-feature-flag-client-token gitlab-feed-token
  gitlab-incoming-mail-token gitlab-kubernetes-agent-token gitlab-oauth-app-secret gitlab-pat gitlab-pat-routable
  gitlab-ptt gitlab-rrt gitlab-runner-authentication-token gitlab-runner-authentication-token-routable
  gitlab-scim-token gitlab-session-cookie droneci-access-token
  npm-access-token pypi-upload-token rubygems-api-token
  grafana-api-key grafana-cloud-api-token grafana-service-account-token sentry-access-token sentry-org-token
  sentry-user-token
  discord-api-token discord-client-secret telegram-bot-api-token slack-app-token slack-bot-token
  slack-config-access-token slack-config-refresh-token slack-legacy-bot-token slack-legacy-token
  slack-legacy-workspace-token slack-user-token slack-webhook-url microsoft-teams-webhook mattermost-access-token
  sendgrid-api-token sendinblue-api-token mailgun-private-api-token mailgun-signing-key twilio-api-key
  anthropic-admin-api-key anthropic-api-key openai-api-key perplexity-api-key cohere-api-token
  huggingface-access-token huggingface-organization-api-token
  adafruit-api-key maxmind-license-key notion-api-token linear-api-key`
  .trim()
  .split(/\s+/);
