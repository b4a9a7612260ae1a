/// The one script. Pages work without it; with it they change as things happen.
enum Script {
  static let text = #"""
    'use strict';
    (() => {
    const main = document.getElementById('main');
    const line = document.getElementById('line');
    const announcer = document.getElementById('announce');
    const pace = 400;
    let source = null, last = main.dataset.position || null, shown = '';
    let timer = null, refreshed = 0, isBusy = false, wait = 1000, wasLost = false;
    const quiet = line.textContent;

    const say = words => { if (line.textContent !== words) line.textContent = words; };

    // Makes one tree like another and keeps all that is the same, so that neither focus nor places
    // of scrolling nor what somebody typed is lost.
    const attributes = (old, now) => {
      for (const a of now.attributes)
        if (old.getAttribute(a.name) !== a.value) old.setAttribute(a.name, a.value);
      for (const a of [...old.attributes])
        if (!now.hasAttribute(a.name) && !(old.nodeName === 'DETAILS' && a.name === 'open'))
          old.removeAttribute(a.name);
    };
    const fits = (old, now) => old.nodeType === now.nodeType && old.nodeName === now.nodeName
      && !old.id && !now.id;
    const change = (old, now) => {
      if (old.nodeType !== 1) {
        if (old.nodeValue !== now.nodeValue) old.nodeValue = now.nodeValue;
        return;
      }
      if (old.isEqualNode(now)) return;
      attributes(old, now);
      if (['INPUT', 'TEXTAREA', 'SELECT'].includes(old.nodeName)) return;
      const named = new Map();
      for (const child of old.children) if (child.id) named.set(child.id, child);
      let at = old.firstChild;
      for (const next of [...now.childNodes]) {
        const match = next.id ? named.get(next.id) : at && fits(at, next) ? at : null;
        if (!match) { old.insertBefore(document.importNode(next, true), at); continue; }
        if (match === at) at = at.nextSibling; else old.insertBefore(match, at);
        change(match, next);
      }
      while (at) { const next = at.nextSibling; at.remove(); at = next; }
    };

    const isAtEnd = e => e.scrollHeight - e.scrollTop - e.clientHeight < 30;
    const followed = () => [...document.querySelectorAll('pre[data-follow]')];
    const replace = text => {
      const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('main');
      if (!fresh) return;
      const focus = document.activeElement;
      const ends = followed().filter(isAtEnd);
      change(main, fresh);
      for (const e of ends) e.scrollTop = e.scrollHeight;
      if (focus && focus !== document.activeElement && focus.isConnected)
        focus.focus({preventScroll: true});
    };

    const refresh = async () => {
      timer = null;
      if (document.hidden) return;
      if (isBusy) { soon(); return; }
      isBusy = true;
      refreshed = Date.now();
      try {
        const answer = await fetch(location.href, {headers: {'x-part': 'main'}, cache: 'no-store'});
        if (answer.ok) {
          const text = await answer.text();
          if (text !== shown) { shown = text; replace(text); }
        }
      } catch (_) { /* The stream tells. */ }
      isBusy = false;
    };
    const soon = () => {
      if (timer === null)
        timer = setTimeout(refresh, Math.max(0, refreshed + pace - Date.now()));
    };

    // Read out at most every three seconds.
    let unsaid = [], saying = null;
    const announce = words => {
      unsaid.push(words);
      if (saying) return;
      saying = setTimeout(() => {
        saying = null;
        announcer.textContent = unsaid.length === 1
          ? unsaid[0] : unsaid.length + ' events, the last: ' + unsaid[unsaid.length - 1];
        unsaid = [];
      }, 3000);
    };

    const add = (id, data) => {
      const list = document.getElementById('event-list');
      if (!list || document.getElementById('e' + id)) return;
      const item = document.createElement('li'), time = document.createElement('time');
      item.id = 'e' + id;
      time.textContent = data.clock;
      item.append(time, ' ' + data.words);
      list.prepend(item);
    };

    const hear = (kind, then) => source.addEventListener(kind, e => {
      if (e.lastEventId) last = e.lastEventId;
      then(e);
    });
    const connect = () => {
      const path = main.dataset.news;
      if (!path || source || !window.EventSource || document.hidden) return;
      source = new EventSource(path + (last === null ? '' : '?after=' + encodeURIComponent(last)));
      source.onopen = () => {
        wait = 1000;
        say(quiet);
        if (wasLost) soon();
        wasLost = false;
      };
      source.onerror = () => {
        wasLost = true;
        say('the dashboard does not answer; trying again. If it was started anew, open the address '
          + 'that it printed');
        if (source.readyState !== EventSource.CLOSED) return;
        source = null;
        setTimeout(connect, wait);
        wait = Math.min(wait * 2, 15000);
      };
      hear('event', e => {
        const data = JSON.parse(e.data);
        add(e.lastEventId, data);
        announce(data.words);
        soon();
      });
      hear('change', soon);
      hear('reset', soon);
      hear('log', () => { if ('log' in main.dataset) soon(); });
    };

    document.addEventListener('visibilitychange', () => {
      // A browser has few connections to a place, and tabs that nobody sees must not use them up.
      if (document.hidden) { if (source) source.close(); source = null; return; }
      connect();
      soon();
    });
    setInterval(() => { if ('moves' in main.dataset) soon(); }, 5000);
    for (const e of followed()) e.scrollTop = e.scrollHeight;
    connect();
    })();

    """#

  static let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" \
    fill="#0550ae"/><path d="M3 4h6v2H3zM5 7h8v2H5zM8 10h5v2H8z" fill="#ffffff"/></svg>
    """
}
