// A file of a draft as plain text.
import { DraftFile } from './draft_file.js';

const area = document.querySelector('textarea[data-draft-file]');
const file = new DraftFile(area, {
  read: () => area.value,
  show: (text) => {
    area.value = text;
  }
});
area.addEventListener('input', () => file.changed());
file.open();
