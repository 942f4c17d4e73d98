/** Emoji offered first, for reactions. */
export const QUICK = ["👍", "❤️", "😄", "🎉", "👀", "✅"];
