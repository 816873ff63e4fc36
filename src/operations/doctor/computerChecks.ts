import type { RequiredTool } from '../../compile/plan.ts';
import type { Check } from '../../live/check.ts';
import { executableOn } from '../../system/executable.ts';
import { broken, kept, unlessWrong } from './answers.ts';
import type { DoctorContext } from './context.ts';

/** What must be on this computer: the key, and the programs that the steps of the documents call. */
export function computerChecks({ configuration, plan, environment }: DoctorContext): Check[] {
  const { recipients } = configuration.loaded.cluster.secrets;
  return [
    {
      id: 'age-key',
      promise: 'A private key on this computer opens the encrypted files',
      field: 'secrets.recipients',
      remedy:
        'gatehouse secrets keygen, and add the recipient that it prints to secrets.recipients; or put the key where SOPS_AGE_KEY_FILE says',
      ask: async () => {
        if (recipients.length === 0) return kept('secrets.recipients names nobody: nothing is encrypted');
        const own = configuration.identities.map(({ recipient }) => recipient);
        const opened = recipients.filter((recipient) => own.includes(recipient));
        if (opened.length > 0) return kept(...opened.map((recipient) => `There is the key of ${recipient}`));
        return broken([
          own.length === 0
            ? 'There is no private key'
            : 'None of the private keys here is that of one of secrets.recipients',
        ]);
      },
    },
    {
      id: 'age-key-of-cluster',
      promise: 'cluster.yaml says which of the recipients is the cluster',
      field: 'secrets.clusterRecipient',
      remedy:
        'Set secrets.clusterRecipient in cluster.yaml to the recipient whose key is in the Secret flux-system/sops-age',
      ask: async () => {
        const { clusterRecipient } = configuration.loaded.cluster.secrets;
        if (recipients.length < 2)
          return kept(
            recipients.length === 0 ? 'secrets.recipients names nobody' : 'There is one recipient only',
          );
        return unlessWrong(clusterRecipient === undefined ? ['secrets.clusterRecipient is not set'] : [], [
          `It is ${clusterRecipient}`,
        ]);
      },
    },
    ...plan.tools.map((tool) => toolCheck(tool, environment.env['PATH'] ?? '')),
  ];
}

function toolCheck({ name, components }: RequiredTool, path: string): Check {
  const wanted =
    components.length === 0
      ? 'the steps of docs/quickstart.md call it'
      : `the steps of ${components.join(', ')} in docs/quickstart.md call it`;
  return {
    id: `tool-${name}`,
    promise: `${name} is on the PATH`,
    remedy: `Install ${name}`,
    ask: async () => {
      const found = executableOn(path, name);
      return found === undefined ? broken([`No directory of the PATH has ${name}; ${wanted}`]) : kept(found);
    },
  };
}
