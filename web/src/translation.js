// The words of the editors in the reader's language, as the page brings them; what has none stays English.
export function translation(words) {
  return {
    translate: ['value', (template, values = {}) => (words[template] || template).replace(/{([^}]+)}/g, (_, name) => values[name] ?? `{${name}}`)]
  };
}
