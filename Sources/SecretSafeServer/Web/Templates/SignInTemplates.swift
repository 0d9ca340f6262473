enum SignInTemplates {
  static let signIn = """
    <form class="card" method="post" action="/sign-in">
    {{> proof}}
    <div class="field"><label for="email">E-mail address</label>
    <input id="email" name="email" type="email" autocomplete="username" required maxlength="256" value="{{content.email}}"></div>
    <div class="field"><label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256"></div>
    <button>Sign in</button>
    </form>
    <p class="hint">The web safe is for the owners of an organization.</p>
    """

  static let choose = """
    <p>You are an owner of several organizations.</p>
    {{#content.organizations}}
    <form class="card" method="post" action="/sign-in/organization">
    {{> proof}}<input type="hidden" name="organization" value="{{id}}">
    <button>{{label}}</button>
    </form>
    {{/content.organizations}}
    """

  /// A page that says one thing.
  static let message = """
    <p>{{content.text}}</p>
    <p><a href="{{content.path}}">{{content.label}}</a></p>
    """
}

enum JoinTemplates {
  static let join = """
    <p>You are invited to <strong>{{content.organization}}</strong> as <strong>{{content.email}}</strong>.</p>
    <form class="card" method="post">
    {{> proof}}
    <div class="field"><label for="name">Your name</label>
    <input id="name" name="name" autocomplete="name" required maxlength="100" value="{{content.given}}">
    <p class="hint">The organization's administrators see it.</p></div>
    <button>Accept the invitation</button>
    </form>
    """

  static let joined = """
    <p>Thank you. An administrator of <strong>{{content.organization}}</strong> has to confirm you now; until then you have no access.</p>
    <p>There is nothing more for you to do, and you can close this page.</p>
    """
}
