// Writes a configuration as YAML text, in the block style that people write.

// A name is written plainly or in quotes, both must read as the same text. Which one differs from config to config.
function scalar(value, salt) {
  if (typeof value !== "string") return String(value);
  // "null" without quotes is no text in any YAML; "no" and 0123 are, to Bakery.
  const plain = /^[A-Za-z0-9][A-Za-z0-9_+=,.@/-]*$/.test(value) && value !== "null";
  const sum = [...value].reduce((total, c) => total + c.charCodeAt(0), salt);
  return plain && sum % 2 === 0 ? value : JSON.stringify(value);
}

function block(value, indent, salt) {
  const pad = " ".repeat(indent);
  if (Array.isArray(value) && value.every((v) => typeof v !== "object"))
    return ` [${value.map((v) => JSON.stringify(v)).join(", ")}]\n`;
  if (Array.isArray(value))
    return "\n" + value.map((v) => `${pad}- ${block(v, indent + 2, salt).trimStart()}`).join("");
  if (typeof value === "object")
    return (
      "\n" +
      Object.entries(value)
        .map(([k, v]) => `${pad}${k}:${block(v, indent + 2, salt)}`)
        .join("")
    );
  return ` ${scalar(value, salt)}\n`;
}

export function toYaml(config) {
  return block(config, 0, Number(config.BakeryAccount) % 2).trimStart();
}
