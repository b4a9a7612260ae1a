import UETReporting

/// The one file of rules.
enum StyleSheet {
  static let text = Palette.rules + pictures + page + tables + parts + small

  /// Pictures bring their own, but for what a page adds.
  private static let pictures =
    PictureStyle.rules + "\n"
    + ["good", "busy", "quiet", "warning", "bad"].map { tone in
      ".node.s-\(tone){fill:var(--\(tone)-tint);stroke:var(--\(tone))}"
        + ".tone-\(tone){fill:var(--\(tone))}"
        + ".\(tone){color:var(--\(tone))}"
        + ".badge.\(tone){background:var(--\(tone)-tint)}"
        + ".notice.\(tone){border-left-color:var(--\(tone));background:var(--\(tone)-tint);"
        + "color:var(--text)}"
    }.joined(separator: "\n") + "\n"

  private static let page = """
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--text);
    font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif}
    main,header{max-width:1100px;margin:0 auto;padding:0 1rem}
    main{padding-bottom:4rem}main:focus{outline:none}
    h1{font-size:1.5rem;margin:1.2rem 0 .4rem;overflow-wrap:anywhere}
    h2{font-size:1.1rem;margin:2rem 0 .5rem;overflow-wrap:anywhere}
    h3{font-size:1rem;margin:1.2rem 0 .3rem}p{margin:.4rem 0;overflow-wrap:anywhere}
    a{color:var(--link)}a:focus-visible,button:focus-visible,summary:focus-visible,
    input:focus-visible,select:focus-visible,textarea:focus-visible,[tabindex]:focus-visible
    {outline:3px solid var(--link);outline-offset:2px}
    .skip{position:absolute;left:-100rem}.skip:focus{left:1rem;top:.5rem;background:var(--ground);
    padding:.3rem .6rem;z-index:2}
    .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
    white-space:nowrap}
    header{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;align-items:baseline;
    border-bottom:1px solid var(--rule);padding-top:.5rem;padding-bottom:.5rem}
    header nav ul,.tabs ul,ul.inline{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;list-style:none;
    margin:0;padding:0}
    header a,.tabs a{display:inline-block;padding:.25rem 0}
    [aria-current]{font-weight:600;color:var(--text);text-decoration-thickness:3px}
    #line{margin:0;color:var(--warning)}
    .tabs{border-bottom:1px solid var(--rule);margin:1.5rem 0 1rem}

    """

  private static let tables = """
    .wide{overflow-x:auto;max-width:100%}.wide>svg{display:block;max-width:none}
    table{border-collapse:collapse;font-size:14px;width:100%}
    th,td{text-align:left;padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--rule);
    vertical-align:top;overflow-wrap:anywhere}
    thead th{color:var(--muted);font-weight:600;white-space:nowrap}tbody th{font-weight:400}
    .n{text-align:right;white-space:nowrap}
    .badge{display:inline-block;padding:0 .5rem;border-radius:.7rem;font-size:13px;font-weight:600;
    white-space:nowrap}
    h1 .badge{font-size:15px;vertical-align:middle;white-space:normal}
    .share{display:block;width:100%;height:12px}table .share{width:8rem}
    .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));
    gap:.4rem 1.5rem;margin:1rem 0}
    .facts dt{color:var(--muted);font-size:13px}.facts dd{margin:0;overflow-wrap:anywhere}
    .facts ul{margin:0;padding-left:1.1rem}.facts ul.inline{padding:0}

    """

  private static let parts = """
    .notice{border-left:4px solid;padding:.4rem .9rem;margin:1rem 0}
    .note{border-left:4px solid var(--warning);padding-left:.8rem}
    .reason{color:var(--muted)}
    code.command{background:var(--raised);border:1px solid var(--rule);border-radius:4px;
    padding:.1rem .35rem;font-size:13px;overflow-wrap:anywhere}
    button,input,select,textarea{font:inherit;color:var(--text);background:var(--raised);
    border:1px solid var(--edge);border-radius:6px;padding:.35rem .7rem;max-width:100%}
    button{cursor:pointer}textarea{width:100%;display:block}
    label{color:var(--muted)}
    .acts{display:flex;flex-wrap:wrap;gap:.6rem;align-items:flex-start;margin:1rem 0}
    .acts form:has(textarea){flex:1 1 16rem}.acts textarea{margin:.2rem 0 .4rem}
    .ask summary{cursor:pointer;padding:.35rem 0}
    .filter{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.6rem 0}
    .turning{margin:.6rem 0;color:var(--muted)}.turning a{margin-right:.7rem}
    .legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:13px;padding:0;list-style:none}
    .legend svg{width:12px;height:12px;margin-right:.4em}
    .events{list-style:none;margin:0;padding:0;font-size:14px}
    .events li{padding:.15rem 0;overflow-wrap:anywhere}.events time{color:var(--muted)}
    pre{background:var(--raised);border:1px solid var(--rule);border-radius:6px;padding:.7rem;
    overflow:auto;max-height:70vh;font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
    tab-size:4}
    pre.log{white-space:pre-wrap;overflow-wrap:anywhere}
    .add{color:var(--good)}.del{color:var(--bad)}.at{color:var(--link)}

    """

  /// On narrow screens a row is a card.
  private static let small = """
    @media (max-width:600px){
    thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    table,tbody,tr,th,td{display:block;width:100%}
    tbody tr{padding:.5rem 0;border-bottom:1px solid var(--rule)}
    tbody th,td{border:0;padding:.1rem 0;text-align:left}
    td.n{white-space:normal;text-align:left}td:empty{display:none}
    td[data-label]:not([data-label=""])::before{content:attr(data-label) ": ";color:var(--muted);
    font-size:13px}
    table .share{width:100%}.facts{grid-template-columns:1fr}}
    @media (prefers-reduced-motion:reduce){*{scroll-behavior:auto}}

    """
}
