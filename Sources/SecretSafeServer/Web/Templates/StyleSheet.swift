/// The one style sheet. Colours are by name and have a dark set.
enum StyleSheet {
  static let text = """
    :root {
      color-scheme: light dark;
      --ground: #f6f7f9; --paper: #fff; --ink: #1b2330; --faint: #59647a; --line: #d5dae3;
      --accent: #175ddc; --on-accent: #fff; --good: #e4f4e8; --good-ink: #14562a; --bad: #fdeaea; --bad-ink: #8c1d18; --warn: #8a5300;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #12161d; --paper: #1b212b; --ink: #e6eaf1; --faint: #a1acbf; --line: #364054;
        --accent: #83b1ff; --on-accent: #0d1a33; --good: #16331f; --good-ink: #a9e0b9; --bad: #3d1a1a; --bad-ink: #ffb4ae; --warn: #ffc46b;
      }
    }
    *, ::before, ::after { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
    a { color: var(--accent); }
    a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, code:focus-visible {
      outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px;
    }
    .skip { position: absolute; left: -999px; }
    .skip:focus { left: 8px; top: 8px; background: var(--paper); padding: 8px; }
    .top { background: var(--paper); border-bottom: 1px solid var(--line); padding: 8px 24px; display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; }
    .place { margin: 0; font-weight: 600; display: flex; gap: 8px; align-items: center; overflow-wrap: anywhere; }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px; margin: 0; padding: 0; }
    nav a { display: block; padding: 6px 10px; border-radius: 6px; text-decoration: none; color: var(--ink); }
    nav a:hover { background: var(--ground); }
    nav a[aria-current] { color: var(--accent); font-weight: 600; box-shadow: inset 0 -2px var(--accent); border-radius: 6px 6px 0 0; }
    .visitor { margin-left: auto; display: flex; gap: 12px; align-items: center; color: var(--faint); font-size: .9rem; overflow-wrap: anywhere; }
    main { max-width: 1180px; margin: 0 auto; padding: 24px; }
    main.narrow { max-width: 460px; }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: 8px 0 20px; overflow-wrap: anywhere; }
    h2 { font-size: 1.15rem; margin: 32px 0 12px; }
    p { max-width: 70ch; }
    .card { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px; margin: 0 0 20px; }
    .card > h2:first-child { margin-top: 0; }
    .notice, .problem { padding: 10px 14px; border-radius: 8px; overflow-wrap: anywhere; }
    .notice { background: var(--good); color: var(--good-ink); }
    .problem { background: var(--bad); color: var(--bad-ink); }
    .faint { color: var(--faint); }
    .warn { color: var(--warn); }
    label, legend { display: block; font-weight: 600; margin: 0 0 4px; padding: 0; }
    .field { margin: 0 0 14px; max-width: 420px; border: 0; padding: 0; min-width: 0; }
    .hint { color: var(--faint); font-size: .9rem; margin: 4px 0 0; }
    input, select, button { font: inherit; color: inherit; min-height: 44px; }
    input:not([type=checkbox]), select { width: 100%; padding: 8px 10px; border: 1px solid var(--faint); border-radius: 6px; background: var(--paper); }
    .tick { display: flex; gap: 8px; align-items: center; font-weight: 400; margin: 0; min-height: 32px; }
    .tick input { min-height: 0; width: 18px; height: 18px; flex: none; }
    button, .button { display: inline-block; padding: 8px 16px; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; text-decoration: none; line-height: 1.5; white-space: nowrap; }
    button:hover, .button:hover { filter: brightness(1.1); }
    button.plain, .button.plain { background: transparent; color: var(--accent); border-color: var(--line); }
    button.danger { background: transparent; color: var(--bad-ink); border-color: var(--bad-ink); }
    button.small { padding: 3px 10px; min-height: 34px; }
    .row { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: end; }
    .row .field { margin: 0; flex: 1 1 180px; }
    .bar .row { flex: 0 1 480px; }
    .bar .row .field { flex-basis: 250px; }
    .bar { display: flex; flex-wrap: wrap; gap: 12px; justify-content: space-between; align-items: center; margin: 0 0 16px; }
    .tabs { list-style: none; display: flex; flex-wrap: wrap; gap: 6px; padding: 0; margin: 0 0 16px; }
    .tabs a { display: block; padding: 4px 12px; border: 1px solid var(--line); border-radius: 99px; background: var(--paper); text-decoration: none; color: var(--ink); }
    .tabs a[aria-current] { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
    table { font-size: .94rem; width: 100%; border-collapse: collapse; background: var(--paper); border: 1px solid var(--line); margin: 0 0 20px; }
    caption { text-align: left; color: var(--faint); padding: 0 0 8px; }
    th, td { text-align: left; vertical-align: top; padding: 9px 12px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
    th { font-size: .85rem; color: var(--faint); font-weight: 600; border-top: 0; white-space: nowrap; }
    .short { white-space: nowrap; overflow-wrap: normal; }
    .roomy { min-width: 16em; }
    .mark { display: inline-block; padding: 0 9px; border-radius: 99px; border: 1px solid var(--line); font-size: .85rem; white-space: nowrap; }
    .mark.good { background: var(--good); color: var(--good-ink); border-color: transparent; }
    .mark.bad { background: var(--bad); color: var(--bad-ink); border-color: transparent; }
    .mark.warn { border-color: var(--warn); }
    code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .92em; overflow-wrap: anywhere; }
    pre { white-space: pre-wrap; background: var(--ground); border-radius: 6px; padding: 12px; margin: 0; user-select: all; }
    .whole { user-select: all; display: inline-block; background: var(--ground); padding: 2px 8px; border-radius: 6px; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 8px 20px; margin: 0; }
    dt { color: var(--faint); }
    dd { margin: 0; overflow-wrap: anywhere; }
    .pager { margin: 16px 0; display: flex; gap: 12px; }
    .actions { display: grid; gap: 14px; }
    .actions form { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; }
    @media (max-width: 700px) {
      .top { padding: 8px 16px; }
      .visitor { margin-left: 0; width: 100%; justify-content: space-between; }
      nav a { padding: 6px 8px; }
      main { padding: 16px; }
      .card { padding: 14px 16px; }
      table, tbody, tr, td, caption { display: block; width: 100%; }
      table { border: 0; background: none; }
      thead { position: absolute; left: -9999px; }
      tr { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 8px 14px; margin: 0 0 10px; }
      td { border: 0; padding: 3px 0; display: grid; grid-template-columns: 5.2em 1fr; gap: 8px; }
      td::before { content: attr(data-label); color: var(--faint); font-size: .85rem; }
      td.empty { display: none; }
      .short { white-space: normal; overflow-wrap: anywhere; }
      .roomy { min-width: 0; }
      dl { grid-template-columns: 1fr; gap: 0; }
      dd { margin: 0 0 10px; }
    }
    """
}
