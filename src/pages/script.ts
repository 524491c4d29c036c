// What pages do when scripts are allowed: copy to the clipboard. Everything else works without.

/** Script of all pages; served under its own address. Copy buttons are hidden until it runs. */
export const pageScript = `
'use strict'
const said = document.getElementById('said')
const copyOldWay = (text) => {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'visually-hidden'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done ? Promise.resolve() : Promise.reject(new Error('not allowed'))
}
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false
  const name = button.textContent
  button.addEventListener('click', () => {
    const text = button.dataset.copy
    const copied = navigator.clipboard ? navigator.clipboard.writeText(text) : copyOldWay(text)
    copied.then(() => 'Copied', () => 'Not allowed').then((word) => {
      button.textContent = word
      if (said) said.textContent = word
      setTimeout(() => { button.textContent = name }, 1500)
    })
  })
}
`
