/** Name of the key of the crypto store in the vault. */
export const STORAGE_KEY = "crypto-store-key";

/** Name of the crypto store's database. */
export const CRYPTO_DATABASE = "kontor-crypto";
