/**
 * The tables that other folders may read and change: always with their rows, through the gate. SQL
 * stays in store/; this is the door.
 */
export {
  activateBundle,
  deleteBundle,
  disableCapabilities,
  disableCapability,
  insertBundle,
  listBundles,
  listCapabilities,
  offerCapability,
  setBundleState,
  setCapability,
} from '../store/tables/bundles.ts';
export type { BundleRecord, CapabilityRecord } from '../store/tables/bundles.ts';
export { listApproved } from '../store/tables/approvals.ts';
export { listPublishers, trustKey, widenPublisher } from '../store/tables/publishers.ts';
export type { Store, Transaction } from '../store/store.ts';
