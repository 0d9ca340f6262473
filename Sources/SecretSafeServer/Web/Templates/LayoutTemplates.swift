/// What all pages share.
enum LayoutTemplates {
  static let layout = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{title}} · {{place}}</title>
    <link rel="stylesheet" href="{{style}}">
    <link rel="icon" href="/icon.svg" type="image/svg+xml">
    </head>
    <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="top">
    <p class="place"><img src="/icon.svg" alt="" width="24" height="24"> {{place}}</p>
    {{#visitor}}
    <nav aria-label="Sections"><ul>
    {{#sections}}<li><a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{label}}</a></li>{{/sections}}
    </ul></nav>
    <form class="visitor" method="post" action="/sign-out">{{> proof}}<span>{{visitor}}</span> <button class="plain">Sign out</button></form>
    {{/visitor}}
    </header>
    <main id="main"{{#isNarrow}} class="narrow"{{/isNarrow}}>
    <h1>{{title}}</h1>
    {{#notice}}<p class="notice" role="status">{{notice}}</p>{{/notice}}
    {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
    {{$main}}{{/main}}
    </main>
    </body>
    </html>
    """

  /// In every form that changes something.
  static let proof = #"<input type="hidden" name="form" value="{{formToken}}">"#

  static let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect x="2" y="3" width="20" height="17" rx="3" fill="#175ddc"/>\
    <rect x="4" y="20" width="4" height="2" fill="#175ddc"/><rect x="16" y="20" width="4" height="2" fill="#175ddc"/>\
    <circle cx="12" cy="11.5" r="4.5" fill="none" stroke="#fff" stroke-width="1.6"/><path d="M12 7v9M7.5 11.5h9" stroke="#fff" stroke-width="1.6"/></svg>
    """
}
