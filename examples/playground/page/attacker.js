const status = document.querySelector('#status')
const frame = document.querySelector('iframe')

// Which of the three apps to attack. Only this machine is allowed.
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

// Any page may submit a form. With fetch, the browser asks the app first, or hides the response from the script (CORS).
for (const [id, method, path] of [
  ['end-all', 'DELETE', '/session/all'],
  ['read', 'GET', '/me'],
]) {
  document.getElementById(id).addEventListener('click', async () => {
    frame.hidden = true
    try {
      const response = await fetch(app + path, { method, credentials: 'include' })
      status.textContent = await response.text()
    } catch {
      status.textContent = `The browser does not let this page send ${method} ${path}, because the app allows no other origin.`
    }
  })
}
