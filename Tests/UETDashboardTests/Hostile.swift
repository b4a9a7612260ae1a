/// What somebody might name things, or have a program print, to get into a page.
enum Hostile {
  static let texts = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg onload=alert(1)>",
    "</pre><script>alert(1)</script>", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "</style><script>alert(1)</script>",
    "javascript:alert(1)", "<a href=\"javascript:alert(1)\">x</a>", "` onmouseover=alert(1) `",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>body{display:none}</style>", "<base href=//evil.example/>",
    "<form action=//evil.example><button>x</button></form>", "]]><script>alert(1)</script>",
    "<!--<script>-->alert(1)", "x\r\nset-cookie: a=b", "\u{202E}gpj.exe\u{2066}\u{200B}",
    "\u{1B}]0;owned\u{7}\u{1B}[31mred", "\0<b>", "data: x\n\nevent: event\ndata: {}",
  ]
}
