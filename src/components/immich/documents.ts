import type { Context } from '../contract/component.ts';
import type { ComponentDocuments } from '../contract/documents.ts';
import { immichDecisions } from './documents/decisions.ts';
import { guardSymptoms } from './documents/guardSymptoms.ts';
import { immichNotes } from './documents/notes.ts';
import { immichPages } from './documents/pages.ts';
import { immichRecovery } from './documents/recovery.ts';
import { immichRestores } from './documents/restore.ts';
import { signInChapters } from './documents/signIn.ts';
import { immichSteps } from './documents/steps.ts';
import { storageSteps } from './documents/storage.ts';
import { immichHops, immichSymptoms } from './documents/symptoms.ts';
import type { ImmichSection } from './section.ts';

/** The chapters of Immich in the operator documents. */
export function immichDocuments(context: Context<ImmichSection>): ComponentDocuments {
  const signIn = signInChapters(context);
  return {
    goal: { title: 'Immich behind Cloudflare Access', short: 'photos behind Access' },
    prerequisites: ['a NAS'],
    tools: ['dig', 'openssl'],
    decisions: immichDecisions(context),
    steps: [...storageSteps(context), ...signIn.steps, ...immichSteps(context)],
    notes: [...immichNotes(context), ...signIn.notes],
    hops: immichHops(context),
    symptoms: [...guardSymptoms(context), ...immichSymptoms(context)],
    pages: immichPages(context),
    restores: immichRestores(context),
    recovery: immichRecovery(context),
  };
}
