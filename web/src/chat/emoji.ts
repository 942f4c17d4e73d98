/** Emoji to choose from, in the order of their use at work; no picture of them is fetched from anywhere. */

/** Offered first, for reactions. */
export const QUICK = ["👍", "❤️", "😄", "🎉", "👀", "✅"];

const SYMBOLS =
  "👍 👎 👏 🙏 🙌 👌 ✌️ 🤝 💪 👋 🤞 ☝️ 👉 👈 ✅ ❌ ⚠️ ❗ ❓ 💯 ⭐ 🔥 🎉 🎂 🎁 🏆 🚀 💡 📌 📎 📅 ⏰ ☕ 🍕 🍰 🍺 " +
  "😀 😄 😁 😂 🤣 😊 🙂 😉 😍 🥰 😘 😎 🤩 🤔 🤨 😐 😏 🙄 😬 😴 😪 😌 🤗 🤭 🤫 😅 😇 🥳 😢 😭 😤 😠 😡 🤯 😱 😳 🥺 🤒 🤧 " +
  "❤️ 🧡 💛 💚 💙 💜 🖤 🤍 💔 👀 🧠 🐶 🐱 🦊 🐻 🌱 🌻 🍀 ☀️ 🌧️ ❄️ 🌈 🚗 🚲 🚆 ✈️ 🏠 🏢 📞 💻 🖨️ 📄 📊 🔑 🔒 🔔 🎧 🎵 ⚽";

/** All of them. */
export const EMOJI = SYMBOLS.split(" ");
