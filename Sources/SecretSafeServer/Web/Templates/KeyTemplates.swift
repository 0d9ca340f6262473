enum KeyTemplates {
  static let key = """
    <p class="hint">Settings → My organization → API key</p>
    <section class="card">
    {{#content.clientID}}
    <dl>
    <dt>Client id</dt><dd><code class="whole">{{content.clientID}}</code></dd>
    <dt>Secret</dt><dd>not kept: the server has only its hash, and showed it once</dd>
    <dt>Made</dt><dd>{{content.made}} ({{content.age}})</dd>
    <dt>May do</dt><dd>everything in the organization</dd>
    </dl>
    {{/content.clientID}}
    {{^content.clientID}}<p>The organization has no key yet.</p>{{/content.clientID}}
    </section>
    <section class="card">
    <h2>{{content.verb}}</h2>
    <p>The old secret and every token that came from it end at once: whatever uses them fails until it gets the new secret. The new one is shown
    once, on the next page.</p>
    <form method="post" action="/settings/organization/key">
    {{> proof}}<input type="hidden" name="made" value="{{content.moment}}">
    <input name="username" value="{{visitor}}" autocomplete="username" hidden>
    <div class="field"><label for="password">Your password, again</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256"></div>
    <button>{{content.verb}}</button>
    </form>
    </section>
    <p>For programs that need less, make <a href="/settings/organization/keys">scoped keys</a>.</p>
    """

  static let keys = """
    <p class="hint">Settings → My organization → Scoped keys</p>
    <p>A scoped key may do what its scopes say, and deals with members of type user only. There may be {{content.limit}}.
    The organization's own key is <a href="/settings/organization/key">here</a>.</p>
    {{#content.hasKeys}}
    <table>
    <thead><tr><th>Name</th><th>Client id</th><th>Scopes</th><th>Made</th><th>Ends</th><th><span class="faint">Revoke</span></th></tr></thead>
    <tbody>
    {{#content.keys}}
    <tr><td data-label="Name">{{label}}</td><td data-label="Client id"><code class="whole">{{clientID}}</code></td>
    <td data-label="Scopes" class="short"><div>{{#scopes}}{{.}}<br>{{/scopes}}</div></td><td data-label="Made" class="short">{{made}}</td>
    <td data-label="Ends" class="short"><span{{#isOver}} class="warn"{{/isOver}}>{{ends}}</span></td>
    <td data-label="Revoke"><form method="post" action="/settings/organization/keys/{{id}}/revoke">{{> proof}}
    <button class="danger small" aria-label="Revoke {{label}}">Revoke</button></form></td></tr>
    {{/content.keys}}
    </tbody>
    </table>
    {{/content.hasKeys}}
    {{^content.hasKeys}}<p class="card faint">There is none yet.</p>{{/content.hasKeys}}
    <section class="card">
    <h2>Make a scoped key</h2>
    <form method="post" action="/settings/organization/keys">
    {{> proof}}<input type="hidden" name="id" value="{{content.newID}}">
    <div class="field"><label for="name">Name</label>
    <input id="name" name="name" required maxlength="200" value="{{content.name}}" autocomplete="off"><p class="hint">What it is for, such as “directory sync”.</p></div>
    <fieldset class="field"><legend>Scopes</legend>
    {{#content.scopes}}
    <label class="tick"><input type="checkbox" name="scope.{{scope}}"{{#isTicked}} checked{{/isTicked}}> {{scope}}</label>
    {{/content.scopes}}
    <p class="hint">Writing does not include reading.</p></fieldset>
    <div class="field"><label for="expires">Last day (optional)</label>
    <input id="expires" name="expires" type="date" value="{{content.expires}}"><p class="hint">It ends at midnight UTC after that day.</p></div>
    <input name="username" value="{{visitor}}" autocomplete="username" hidden>
    <div class="field"><label for="password">Your password, again</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256"></div>
    <button>Make the key</button>
    </form>
    </section>
    """

  static let secret = """
    <p class="problem" role="alert">This is the only time that the secret is shown. The server keeps nothing but its hash, so take it over now.</p>
    <section class="card">
    <dl>
    <dt>Client id</dt><dd><code class="whole">{{content.clientID}}</code></dd>
    <dt>Secret</dt><dd><code class="whole">{{content.secret}}</code></dd>
    </dl>
    </section>
    <section class="card">
    <h2>For safesh</h2>
    <pre>export SAFESH_URL={{content.url}}
    export SAFESH_CLIENT_ID={{content.clientID}}
    export SAFESH_CLIENT_SECRET={{content.secret}}</pre>
    </section>
    <p><a class="button plain" href="{{content.path}}">I have it</a></p>
    """
}
