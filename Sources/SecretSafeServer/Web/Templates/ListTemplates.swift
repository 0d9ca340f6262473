enum CollectionTemplates {
  static let list = """
    {{#content.hasCollections}}
    <table>
    <thead><tr><th>External id</th><th>Id</th><th>Groups</th></tr></thead>
    <tbody>
    {{#content.collections}}
    <tr><td data-label="External id">{{#externalId}}{{externalId}}{{/externalId}}{{^externalId}}<span class="faint">none</span>{{/externalId}}</td>
    <td data-label="Id"><code class="whole">{{id}}</code></td><td data-label="Groups">{{groups}}</td></tr>
    {{/content.collections}}
    </tbody>
    </table>
    {{/content.hasCollections}}
    {{^content.hasCollections}}<p class="card faint">There is none on this page.</p>{{/content.hasCollections}}
    <p class="pager">{{#content.first}}<a class="button plain" href="{{content.first}}">First page</a>{{/content.first}}
    {{#content.next}}<a class="button plain" rel="next" href="{{content.next}}">Next page</a>{{/content.next}}</p>
    <section class="card">
    <h2>Make a collection</h2>
    <form class="row" method="post" action="/collections">
    {{> proof}}
    <div class="field"><label for="external">External id (optional)</label><input id="external" name="externalId" maxlength="300" autocomplete="off"></div>
    <button>Make it</button>
    </form>
    <p class="hint">Collections' names are encrypted by the clients; a server does not know them.</p>
    </section>
    """
}

enum EventTemplates {
  static let log = """
    <form class="card row" method="get" action="/events">
    <div class="field"><label for="from">From</label><input id="from" name="from" type="date" value="{{content.from}}"></div>
    <div class="field"><label for="to">To</label><input id="to" name="to" type="date" value="{{content.to}}"></div>
    <div class="field"><label for="who">Member (address or id)</label><input id="who" name="who" value="{{content.who}}"></div>
    <div class="field"><label for="what">Type</label><input id="what" name="what" list="types" value="{{content.what}}"></div>
    <datalist id="types">{{#content.types}}<option value="{{.}}"></option>{{/content.types}}</datalist>
    <button>Show</button>
    </form>
    {{#content.hasEvents}}
    <table>
    <caption>Newest first; times are in UTC.</caption>
    <thead><tr><th>Time</th><th>Event</th><th>About</th><th>By</th><th>From</th></tr></thead>
    <tbody>
    {{#content.events}}
    <tr><td data-label="Time" class="short">{{time}}</td><td data-label="Event" class="roomy">{{type}}</td>
    <td data-label="About"{{^about}} class="empty"{{/about}}>{{about}}</td><td data-label="By" class="roomy">{{by}}</td>
    <td data-label="From" class="{{^address}}empty{{/address}}{{#address}}short{{/address}}">{{address}}</td></tr>
    {{/content.events}}
    </tbody>
    </table>
    {{/content.hasEvents}}
    {{^content.hasEvents}}<p class="card faint">Nothing was recorded that fits.</p>{{/content.hasEvents}}
    <p class="pager">{{#content.first}}<a class="button plain" href="{{content.first}}">Newest</a>{{/content.first}}
    {{#content.next}}<a class="button plain" rel="next" href="{{content.next}}">Older</a>{{/content.next}}</p>
    """
}

enum OutboxTemplates {
  static let outbox = """
    {{^content.sendsMail}}<p class="notice">This server sends no mail (<code>safesh serve --sendmail</code> makes it): hand the links over yourself.</p>{{/content.sendsMail}}
    {{#content.hasMails}}
    <table>
    <thead><tr><th>Made</th><th>To</th><th>What</th><th>State</th></tr></thead>
    <tbody>
    {{#content.mails}}
    <tr><td data-label="Made" class="short">{{made}}</td><td data-label="To">{{to}}</td><td data-label="What"><div>{{what}}{{#link}}
    <p class="hint">Link to hand over:<br><code class="whole" tabindex="0">{{link}}</code></p>{{/link}}</div></td>
    <td data-label="State"><div><span class="mark {{stateClass}}">{{state}}</span>{{#note}}<p class="hint">{{note}}</p>{{/note}}</div></td></tr>
    {{/content.mails}}
    </tbody>
    </table>
    {{/content.hasMails}}
    {{^content.hasMails}}<p class="card faint">Nothing here.</p>{{/content.hasMails}}
    <p class="pager">{{#content.first}}<a class="button plain" href="{{content.first}}">Newest</a>{{/content.first}}
    {{#content.next}}<a class="button plain" rel="next" href="{{content.next}}">Older</a>{{/content.next}}</p>
    """
}
