export { type Path, valueAt, written } from '../kubernetes/path.ts';
