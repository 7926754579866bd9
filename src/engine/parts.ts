/** Into so many a store is parted, by a hash of the customer. */
export const PARTS = 256;
