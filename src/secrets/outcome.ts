export { done, failed, type Outcome } from '../problems/outcome.ts';
