// What a shop's own script may ask of the chat.

document.getElementById('ask').addEventListener('click', () => window.TielineChat.open());
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => window.TielineChat.setLanguage(button.dataset.language));
}
