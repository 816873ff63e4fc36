import { type Fields, listAt, mapsAt, textAt } from '../fields.ts';
import { dnsSubdomain } from '../names.ts';
import { checkNameIn, type Path, type Report } from './report.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

/** Role and ClusterRole beyond their schemas: Kubernetes 1.36, `pkg/apis/rbac/validation/validation.go`. */
export function checkRole(object: Fields, report: Report): void {
  const isNamespaced = object['kind'] === 'Role';
  mapsAt(object, 'rules').forEach((rule, index) => {
    const path: Path = ['rules', index];
    const missing = (field: string): void => {
      if (listAt(rule, field).length === 0)
        report(path, `the field "${field}" is missing or empty`, `the field ${field}`, 'missing-field');
    };
    missing('verbs');
    if (listAt(rule, 'nonResourceURLs').length === 0) {
      missing('apiGroups');
      missing('resources');
      return;
    }
    if (isNamespaced) report([...path, 'nonResourceURLs'], 'a Role grants no URLs', 'a ClusterRole');
    if (['apiGroups', 'resources', 'resourceNames'].some((field) => listAt(rule, field).length > 0))
      report([...path, 'nonResourceURLs'], 'the rule has resources, too', 'resources or URLs, not both');
  });
}

/** RoleBinding and ClusterRoleBinding beyond their schemas. */
export function checkRoleBinding(object: Fields, report: Report): void {
  const isNamespaced = object['kind'] === 'RoleBinding';
  const group = textAt(object, 'roleRef', 'apiGroup') || rbacGroup;
  if (group !== rbacGroup)
    report(['roleRef', 'apiGroup'], 'roles are in another group', rbacGroup, 'not-a-choice');
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  const kind = textAt(object, 'roleRef', 'kind');
  if (kind !== undefined && !kinds.includes(kind))
    report(['roleRef', 'kind'], 'this kind cannot be bound here', kinds.join(' or '), 'not-a-choice');
  if (textAt(object, 'roleRef', 'name') === '')
    report(['roleRef', 'name'], 'no role is named', 'the name of a role', 'missing-field');
  mapsAt(object, 'subjects').forEach((subject, index) => {
    checkSubject(subject, isNamespaced, ['subjects', index], report);
  });
}

function checkSubject(subject: Fields, isNamespaced: boolean, path: Path, report: Report): void {
  if (textAt(subject, 'name') === '')
    report([...path, 'name'], 'no subject is named', 'the name of the subject', 'missing-field');
  const isAccount = subject['kind'] === 'ServiceAccount';
  const group = textAt(subject, 'apiGroup') ?? '';
  if (isAccount) {
    checkNameIn(subject, 'name', dnsSubdomain, path, report);
    if (!isNamespaced && (textAt(subject, 'namespace') ?? '') === '')
      report(path, 'the service account has no namespace', 'the field namespace', 'missing-field');
    if (group !== '') report([...path, 'apiGroup'], 'service accounts are in no group', 'no apiGroup');
  } else if (group !== '' && group !== rbacGroup)
    report([...path, 'apiGroup'], 'this kind of subject is in another group', rbacGroup, 'not-a-choice');
}
