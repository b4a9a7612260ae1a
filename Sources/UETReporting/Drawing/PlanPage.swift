/// The fixed parts of the page that shows a plan.
enum PlanPage {
  static let style = """
    body{font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;margin:2rem auto;max-width:1060px;
    padding:0 1rem;background:#ffffff;color:#1f2328}
    h1{font-size:2rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.3rem 0}
    .wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px}
    th,td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid #d1d9e0;vertical-align:top}
    #about{position:sticky;top:0;background:#f6f8fa;border:1px solid #d1d9e0;border-radius:6px;
    padding:.4rem .8rem;margin:1rem 0;min-height:1.5em;z-index:1}
    .item.off,tr.off{opacity:.12}details.phase{margin:.4rem 0}summary{cursor:pointer}
    #filter{font:inherit;width:100%;max-width:30rem;padding:.3rem .6rem;margin:.3rem 0}
    .dim .item:not(.on),.dim .edge:not(.on),.dim .clash{opacity:.2}
    .item.f .bar,.item.f .node{stroke:#0969da;stroke-width:2.5;stroke-dasharray:1 2}.item.b .bar,.item.b .node{stroke:#1a7f37;stroke-width:2.5}
    .item.x .bar,.item.x .node{stroke:#8250df;stroke-width:2.5;stroke-dasharray:4 2}
    @media (prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}
    th,td{border-color:#30363d}#about{background:#161b22;border-color:#30363d}
    .item.b .bar,.item.b .node{stroke:#3fb950}
    .item.f .bar,.item.f .node{stroke:#58a6ff}.item.x .bar,.item.x .node{stroke:#b392f0}}
    """

  static let hint = """
    <div id="about" aria-live="polite">Point at a bar or a box, or reach it with Tab and the arrow
    keys: what it depends on is framed green, what follows it blue and dotted, what must not run beside
    it purple and dashed.</div>
    """

  /// Chooses workstreams by words; for those who have scripts.
  static let filter = """
    <input id="filter" type="search" hidden placeholder="only what holds these words"
    aria-label="Show only workstreams that hold these words">
    """

  /// Frames what belongs to the workstream under the pointer or the keyboard's focus.
  static let script = """
    if(plan){
    const about=document.getElementById('about'),first=about.textContent;
    const all=[...document.querySelectorAll('.item')];
    const of=i=>all.filter(e=>e.dataset.i==i);
    const edges=[...document.querySelectorAll('.edge[data-a]')];
    const after=plan.before.map(()=>[]);
    plan.before.forEach((l,i)=>l.forEach(j=>after[j].push(i)));
    function clear(){all.forEach(e=>e.classList.remove('on','b','f','x'));
    edges.forEach(e=>e.classList.remove('on'));
    document.body.classList.remove('dim');about.textContent=first}
    function show(e){clear();const i=+e.dataset.i;document.body.classList.add('dim');
    of(i).forEach(o=>o.classList.add('on'));
    plan.before[i].forEach(j=>of(j).forEach(o=>o.classList.add('on','b')));
    after[i].forEach(j=>of(j).forEach(o=>o.classList.add('on','f')));
    edges.forEach(o=>o.classList.toggle('on',o.dataset.a==i||o.dataset.b==i));
    plan.clash[i].forEach(j=>of(j).forEach(o=>o.classList.add('on','x')));
    about.textContent=e.getAttribute('aria-label')}
    all.forEach(e=>{e.addEventListener('focus',()=>show(e));e.addEventListener('blur',clear);
    e.addEventListener('mouseenter',()=>show(e));e.addEventListener('mouseleave',clear);
    e.addEventListener('keydown',k=>{
    const step={ArrowDown:1,ArrowRight:1,ArrowUp:-1,ArrowLeft:-1}[k.key];
    if(k.key=='Escape'){e.blur();return}
    if(!step)return;k.preventDefault();
    const same=all.filter(o=>o.dataset.k==e.dataset.k);
    const next=same[same.indexOf(e)+step];if(next)next.focus()})})
    const filter=document.getElementById('filter');
    if(filter){filter.hidden=false;filter.addEventListener('input',()=>{
    const words=filter.value.toLowerCase().split(' ').filter(w=>w);
    const fits=t=>words.every(w=>t.toLowerCase().includes(w));
    all.forEach(e=>e.classList.toggle('off',!fits(e.getAttribute('aria-label'))));
    document.querySelectorAll('.phase').forEach(d=>{
    d.open=words.length>0&&!!d.querySelector('.item:not(.off)')})})}}
    """
}
