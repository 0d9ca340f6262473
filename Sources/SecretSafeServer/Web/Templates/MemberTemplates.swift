enum MemberTemplates {
  static let list = """
    <div class="bar">
    <form class="row" method="get" action="/members" role="search">
    {{#content.status}}<input type="hidden" name="status" value="{{content.status}}">{{/content.status}}
    <div class="field"><label for="search">Address, name or external id</label><input id="search" name="search" type="search" value="{{content.search}}"></div>
    <button class="plain">Search</button>
    </form>
    <a class="button" href="/members/invite">Invite a person</a>
    </div>
    <ul class="tabs">
    {{#content.tabs}}<li><a href="{{path}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{label}} {{count}}</a></li>{{/content.tabs}}
    </ul>
    {{#content.hasMembers}}
    <table>
    <thead><tr><th>Address</th><th>Name</th><th>Type</th><th>Status</th><th>External id</th><th><span class="faint">To do</span></th></tr></thead>
    <tbody>
    {{#content.members}}
    <tr><td data-label="Address"><a href="/members/{{id}}">{{email}}</a></td><td data-label="Name"{{^memberName}} class="empty"{{/memberName}}>{{memberName}}</td>
    <td data-label="Type">{{type}}</td><td data-label="Status"><span><span class="mark {{statusClass}}">{{status}}</span></span></td>
    <td data-label="External id"{{^externalId}} class="empty"{{/externalId}}>{{externalId}}</td>
    <td data-label="To do"{{^isAccepted}} class="empty"{{/isAccepted}}>{{#isAccepted}}<form method="post" action="/members/{{id}}/confirm">{{> proof}}
    <button class="small" aria-label="Confirm {{email}}">Confirm</button></form>{{/isAccepted}}</td></tr>
    {{/content.members}}
    </tbody>
    </table>
    {{/content.hasMembers}}
    {{^content.hasMembers}}<p class="card faint">Nobody here.</p>{{/content.hasMembers}}
    <p class="pager">{{#content.first}}<a class="button plain" href="{{content.first}}">First page</a>{{/content.first}}
    {{#content.next}}<a class="button plain" rel="next" href="{{content.next}}">Next page</a>{{/content.next}}</p>
    """

  static let member = """
    <section class="card">
    <dl>
    <dt>Status</dt><dd><span class="mark {{content.member.statusClass}}">{{content.member.status}}</span></dd>
    {{#content.member.memberName}}<dt>Name</dt><dd>{{content.member.memberName}}</dd>{{/content.member.memberName}}
    <dt>Type</dt><dd>{{content.member.type}}</dd>
    {{#content.member.externalId}}<dt>External id</dt><dd>{{content.member.externalId}}</dd>{{/content.member.externalId}}
    <dt>Two-step login</dt><dd>{{content.twoFactor}}</dd>
    <dt>Groups</dt><dd>{{#content.groups}}{{.}}<br>{{/content.groups}}{{^content.groups}}none{{/content.groups}}</dd>
    <dt>Collections</dt><dd>{{#content.collections}}{{.}}<br>{{/content.collections}}{{^content.collections}}none directly{{/content.collections}}</dd>
    <dt>Member id</dt><dd><code class="whole">{{content.member.id}}</code></dd>
    <dt>Events</dt><dd><a href="{{content.eventsPath}}">by and about this member</a></dd>
    </dl>
    </section>
    <section class="card">
    <h2>Membership</h2>
    <div class="actions">
    {{#content.member.isAccepted}}<form method="post" action="/members/{{content.member.id}}/confirm">{{> proof}}<button>Confirm</button>
    <span class="faint">Makes the person a full member.</span></form>{{/content.member.isAccepted}}
    {{#content.isInvited}}<form method="post" action="/members/{{content.member.id}}/reinvite">{{> proof}}<button class="plain">Invite again</button>
    <span class="faint">Makes a new link; the old one ends. Links are in the <a href="/outbox">outbox</a>.</span></form>{{/content.isInvited}}
    {{#content.isRevoked}}<form method="post" action="/members/{{content.member.id}}/restore">{{> proof}}<button class="plain">Restore</button>
    <span class="faint">Gives back the status from before.</span></form>{{/content.isRevoked}}
    {{^content.isRevoked}}<form method="post" action="/members/{{content.member.id}}/revoke">{{> proof}}<button class="danger">Revoke</button>
    <span class="faint">Takes the access away; it can be restored.</span></form>{{/content.isRevoked}}
    <form method="post" action="/members/{{content.member.id}}/remove">{{> proof}}<button class="danger">Remove</button>
    <label class="tick"><input type="checkbox" name="sure" required> Remove {{content.member.email}} for good</label></form>
    </div>
    </section>
    <p><a href="/members">All members</a></p>
    """

  static let invite = """
    <form class="card" method="post" action="/members/invite">
    {{> proof}}
    <div class="field"><label for="email">E-mail address</label>
    <input id="email" name="email" type="email" required maxlength="256" autocomplete="off" value="{{content.email}}"></div>
    <div class="field"><label for="type">Type</label><select id="type" name="type">
    {{#content.types}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/content.types}}
    </select></div>
    <div class="field"><label for="external">External id (optional)</label>
    <input id="external" name="externalId" maxlength="300" autocomplete="off" value="{{content.externalId}}"></div>
    <button>Invite</button>
    </form>
    <p class="hint">The link to accept the invitation is put into the <a href="/outbox">outbox</a>.</p>
    """
}
