// Runs before the first paint: the page may count on scripts, and the splitter stands where it was left.
document.documentElement.classList.add('has-script');
try {
  const split = Number(localStorage.getItem('akta-split'));
  if (split >= 25 && split <= 75) document.documentElement.style.setProperty('--split', `${split}%`);
} catch {
  // A browser that keeps nothing starts from the usual.
}
