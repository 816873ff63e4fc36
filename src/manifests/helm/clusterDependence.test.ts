import { describe, expect, it } from 'vitest';
import { clusterDependenceOf } from './clusterDependence.ts';

describe('what a template reads from the cluster', () => {
  it.each([
    ['{{- if .Capabilities.APIVersions.Has "a/v1" }}', true, []],
    ['{{ $x := index . "Capabilities" }}', true, []],
    ['{{ (lookup "v1" "Secret" "a" "b").data }}', false, ['looks up objects in the cluster']],
    ['{{ if .Release.IsUpgrade }}', false, ['asks whether it is upgraded']],
    ['{{ printf "}}" (lookup "v1" "Secret" "a" "b") }}', false, ['looks up objects in the cluster']],
    ['{{ printf `}}` .Capabilities.KubeVersion }}', true, []],
    [`{{ if eq .c '"' }}}}{{ end }}{{ .Capabilities }}`, true, []],
    ['{{/* lookup and Capabilities }} */}}{{ .Values.a }}', false, []],
    ['{{- /* a */ -}}{{ lookup }}', false, ['looks up objects in the cluster']],
    ['{{ .Capabilities', true, []],
    ['capabilities: {drop: [ALL]} # lookup Capabilities', false, []],
    ['{{ .Values.revisionHistoryLimit }}', false, []],
  ])('%s', (text, capabilities, live) => {
    expect(clusterDependenceOf(['kind: {{ .a }}', text])).toEqual({ capabilities, live });
  });
});
