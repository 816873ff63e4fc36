/** The chart, which makes the CronJob and asks Talos for the Secret with its API's credentials. */
export const chart = {
  name: 'talos-backup',
  url: 'oci://ghcr.io/sergelogvinov/charts/talos-backup',
  // renovate: datasource=docker depName=ghcr.io/sergelogvinov/charts/talos-backup
  version: '0.1.2',
};

/** The program. The chart's own default is an older one. */
export const images = {
  // renovate: datasource=docker depName=ghcr.io/siderolabs/talos-backup
  talosBackup: 'ghcr.io/siderolabs/talos-backup:v0.1.0-beta.3',
};
