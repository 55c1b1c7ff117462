/* icons: the signs on buttons. */

const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;
const ICONS = {
  play: icon('<path class="solid" d="M8 5.2v13.6a.8.8 0 0 0 1.2.7l11-6.8a.8.8 0 0 0 0-1.4l-11-6.8A.8.8 0 0 0 8 5.2z"/>'),
  pause: icon('<rect class="solid" x="6.5" y="5" width="4" height="14" rx="1"/><rect class="solid" x="13.5" y="5" width="4" height="14" rx="1"/>'),
  back: icon('<path class="solid" d="M18 6.4v11.2a.6.6 0 0 1-.9.5L8.6 12.5a.6.6 0 0 1 0-1l8.5-5.6a.6.6 0 0 1 .9.5z"/><path d="M6 6v12"/>'),
  forward: icon('<path class="solid" d="M6 6.4v11.2a.6.6 0 0 0 .9.5l8.5-5.6a.6.6 0 0 0 0-1L6.9 5.9a.6.6 0 0 0-.9.5z"/><path d="M18 6v12"/>'),
  save: icon('<path d="M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 19.5h14"/>'),
  unzoom: icon('<path d="M4.5 9.5v-5h5M19.5 9.5v-5h-5M4.5 14.5v5h5M19.5 14.5v5h-5"/>'),
};
