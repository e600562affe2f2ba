// Choosing what a service task does, from the list of registered handlers.
export function chooser(modeler) {
  const dialog = document.querySelector('[data-chooser]');
  const list = dialog.querySelector('[data-chooser-list]');
  const search = dialog.querySelector('[data-chooser-search]');
  const templates = modeler.get('elementTemplates');
  let element;

  function draw() {
    const wanted = search.value.toLocaleLowerCase();
    const found = templates.getLatest(element).filter(({ name, description }) => `${name} ${description}`.toLocaleLowerCase().includes(wanted));
    list.replaceChildren(...found.map((template) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'menu-item' });
      const code = Object.assign(document.createElement('code'), { textContent: template.description });
      button.append(template.name, ' ', code);
      button.onclick = () => {
        dialog.close();
        templates.applyTemplate(element, template);
      };
      const item = document.createElement('li');
      item.append(button);
      return item;
    }));
  }

  modeler.on('elementTemplates.select', (event) => {
    element = event.element;
    search.value = '';
    draw();
    dialog.showModal();
    search.focus();
  });
  search.addEventListener('input', draw);
}
