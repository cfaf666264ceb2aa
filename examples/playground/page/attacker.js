const status = document.querySelector('#status')
const frame = document.querySelector('iframe')

// Which of the three apps to aim at; nothing but this machine.
const port = Number(new URLSearchParams(location.search).get('port'))
const app = `http://localhost:${port}`
document.querySelector('#here').textContent = location.origin
document.querySelector('#there').textContent = app

// A form of text/plain can be made to look like JSON, so looking at content types would not help.
for (const form of document.forms) {
  form.action = app + form.dataset.path
  form.addEventListener('submit', () => {
    frame.hidden = false
    status.textContent = 'The form is sent. This is what the app answers:'
  })
}

document.querySelector('#refresh').addEventListener('click', async () => {
  // Without CORS a request still goes out; only its answer is kept from the script.
  await fetch(`${app}/session/refresh`, { method: 'POST', mode: 'no-cors', credentials: 'include' })
  told('The request is sent. This page may not read the answer; look at the events.')
})

document.querySelector('#read').addEventListener('click', async () => {
  try {
    const response = await fetch(`${app}/me`, { credentials: 'include' })
    told(await response.text())
  } catch {
    told('The browser does not let this page read the answer: the app allows no other origin (CORS).')
  }
})

function told(text) {
  frame.hidden = true
  status.textContent = text
}
