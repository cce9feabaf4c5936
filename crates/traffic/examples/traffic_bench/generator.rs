//! Logs of made-up days: sites of very different size, visitors who open a page with what belongs to it, crawlers, and
//! somebody who tries passwords everywhere. Hosts and addresses are nobody's.

use std::io::{self, Write};

const SITES: usize = 2_000;
const VISITORS: usize = 50_000;
const AGENTS: usize = 500;
/// Milliseconds of a day.
const DAY_MILLIS: u32 = 86_400_000;
/// The world is the same in every run; only what happens in it differs.
const WORLD_SEED: u64 = 7_920;

/// A repeatable row of numbers (splitmix64).
pub struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Small numbers often, large ones seldom: what is popular is much more popular.
    fn popular(&mut self, limit: usize) -> usize {
        let drawn = ((limit as f64 + 1.0).powf(self.unit()) - 1.0) as usize;
        drawn.min(limit - 1)
    }

    /// A pronounceable word.
    fn word(&mut self) -> String {
        let mut word = String::new();
        for _ in 0..1 + self.below(3) {
            word.push(*b"bcdfghjklmnprstvwz".get(self.below(18)).unwrap_or(&b'b') as char);
            word.push(*b"aeiou".get(self.below(5)).unwrap_or(&b'a') as char);
            if self.below(3) == 0 {
                word.push(*b"nrstl".get(self.below(5)).unwrap_or(&b'n') as char);
            }
        }
        word
    }
}

struct Site {
    host: String,
    pages: Vec<String>,
    assets: Vec<String>,
}

struct Event {
    millis: u32,
    visitor: u32,
    agent: u16,
    site: u16,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Page(u16),
    Asset(u16),
    Login,
    Probe(u8),
}

const PROBES: [&str; 6] =
    ["/.env", "/xmlrpc.php", "/.git/config", "/phpmyadmin/index.php", "/backup.zip", "/admin.php"];

fn site(numbers: &mut Numbers, words: &[String], index: usize) -> Site {
    let word = |numbers: &mut Numbers| words[numbers.popular(words.len())].as_str();
    let host = format!("{}-{}{index}.example", word(numbers), word(numbers));
    let mut pages = vec!["/".to_owned()];
    for _ in 0..(15.0 * 150f64.powf(numbers.unit())) as usize {
        let slug: Vec<&str> = (0..1 + numbers.below(5)).map(|_| word(numbers)).collect();
        let slug = slug.join("-");
        pages.push(match numbers.below(4) {
            0 => format!("/{slug}/"),
            1 => format!("/{}/{:02}/{slug}/", 2010 + numbers.below(16), 1 + numbers.below(12)),
            2 => format!("/product/{slug}-{}", numbers.below(100_000)),
            _ => format!("/{}/{slug}.html", word(numbers)),
        });
    }
    let assets = (0..8 + numbers.below(50))
        .map(|_| match numbers.below(3) {
            0 => format!(
                "/wp-content/uploads/{}/{:02}/{}.jpg",
                2015 + numbers.below(11),
                1 + numbers.below(12),
                word(numbers)
            ),
            1 => format!(
                "/wp-content/plugins/{}/js/{}.min.js?ver={}",
                word(numbers),
                word(numbers),
                numbers.below(90)
            ),
            _ => format!("/static/{}.{:08x}.css", word(numbers), numbers.next() as u32),
        })
        .collect();
    Site { host, pages, assets }
}

fn agent(numbers: &mut Numbers) -> String {
    let version = 80 + numbers.below(62);
    match numbers.below(4) {
        0 => format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
        ),
        1 => format!(
            "Mozilla/5.0 (iPhone; CPU iPhone OS {}_{} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}.0 Mobile/15E148 Safari/604.1",
            13 + numbers.below(6),
            numbers.below(8),
            13 + numbers.below(6)
        ),
        2 => format!(
            "Mozilla/5.0 (compatible; {}bot/{}.{}; +https://bot.example/)",
            numbers.word(),
            numbers.below(4),
            numbers.below(9)
        ),
        _ => format!(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.{}.{} Safari/537.36",
            numbers.below(7_000),
            numbers.below(200)
        ),
    }
}

fn visitor(numbers: &mut Numbers, networks: &[u32]) -> String {
    if numbers.below(8) == 0 {
        return format!(
            "2001:db8:{:x}:{:x}::{:x}",
            numbers.below(0xfff),
            numbers.below(0xffff),
            1 + numbers.below(0xffff)
        );
    }
    let bits = networks[numbers.popular(networks.len())] | numbers.below(0x1_0000) as u32;
    std::net::Ipv4Addr::from(bits).to_string()
}

/// How lines are written.
#[derive(Clone, Copy)]
pub enum Form {
    /// `combined` with the virtual host before it, of 10 October 2025.
    CombinedHost,
    /// Our own five fields, of the day that begins at this second.
    Waarborg(i64),
}

/// Sites, visitors and browsers.
pub struct World {
    sites: Vec<Site>,
    agents: Vec<String>,
    visitors: Vec<String>,
}

impl World {
    /// The one world.
    pub fn new() -> Self {
        let mut numbers = Numbers(WORLD_SEED);
        let words: Vec<String> = (0..3_000).map(|_| numbers.word()).collect();
        let sites = (0..SITES).map(|index| site(&mut numbers, &words, index)).collect();
        let agents = (0..AGENTS).map(|_| agent(&mut numbers)).collect();
        let networks: Vec<u32> =
            (0..900).map(|_| ((1 + numbers.below(222)) << 24 | numbers.below(256) << 16) as u32).collect();
        let visitors = (0..VISITORS).map(|_| visitor(&mut numbers, &networks)).collect();
        Self { sites, agents, visitors }
    }

    /// The domains of all sites.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.sites.iter().map(|site| site.host.as_str())
    }

    /// Writes so many lines of a day in the order of their time. A long day is made in parts, one after another, so that
    /// its events need not fit in memory.
    pub fn write(
        &self,
        out: &mut dyn Write,
        form: Form,
        lines: usize,
        parts: u32,
        seed: u64,
    ) -> io::Result<()> {
        let each = lines.div_ceil(parts.max(1) as usize);
        let mut left = lines;
        for part in 0..parts.max(1) {
            let mut numbers = Numbers(seed.wrapping_mul(7_919).wrapping_add(u64::from(part) * 104_729 + 1));
            let mut events = self.events(&mut numbers, each.min(left));
            left -= events.len();
            for event in &mut events {
                event.millis = event.millis / parts + part * (DAY_MILLIS / parts);
            }
            events.sort_unstable_by_key(|event| (event.millis, event.visitor));
            for event in &events {
                self.line(out, &mut numbers, form, event)?;
            }
        }
        Ok(())
    }

    fn events(&self, numbers: &mut Numbers, count: usize) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::with_capacity(count + 1_000);
        while events.len() < count {
            if numbers.below(40) == 0 {
                crawl(numbers, &self.sites, &mut events)
            } else {
                visit(numbers, &self.sites, &mut events)
            }
        }
        events.truncate(count);
        events
    }

    fn line(&self, out: &mut dyn Write, numbers: &mut Numbers, form: Form, event: &Event) -> io::Result<()> {
        let site = &self.sites[event.site as usize];
        let (method, path, status) = match event.what {
            What::Page(page) => ("GET", site.pages[page as usize].as_str(), 200),
            What::Asset(asset) => ("GET", site.assets[asset as usize].as_str(), 200),
            What::Login => ("POST", "/wp-login.php", 200),
            What::Probe(probe) => ("GET", PROBES[probe as usize], 404),
        };
        let query = if numbers.below(25) == 0 && !path.contains('?') {
            format!("?fbclid={:016x}{:016x}", numbers.next(), numbers.next())
        } else {
            String::new()
        };
        let (visitor, agent) = (&self.visitors[event.visitor as usize], &self.agents[event.agent as usize]);
        let second = event.millis / 1_000;
        let host = &site.host;
        match form {
            Form::CombinedHost => writeln!(
                out,
                "{host} {visitor} - - [10/Oct/2025:{:02}:{:02}:{:02} +0000] \"{method} {path}{query} HTTP/2.0\" {status} {} \"https://{host}/\" \"{agent}\"",
                second / 3_600,
                second / 60 % 60,
                second % 60,
                numbers.below(90_000),
            ),
            Form::Waarborg(midnight) => writeln!(
                out,
                "{}.{:03}\t{host}\t{visitor}\t{}\t{agent}",
                midnight + i64::from(second),
                event.millis % 1_000,
                path.split('?').next().unwrap_or_default(),
            ),
        }
    }
}

/// A visit: some pages, each with what belongs to it.
fn visit(numbers: &mut Numbers, sites: &[Site], events: &mut Vec<Event>) {
    let visitor = numbers.popular(VISITORS) as u32;
    // Most people have one browser; some have another one today.
    let agent =
        if numbers.below(7) == 0 { numbers.popular(AGENTS) } else { (visitor as usize * 31) % AGENTS };
    let index = numbers.popular(sites.len());
    let site = &sites[index];
    // More in the evening than at night.
    let mut millis = (f64::from(DAY_MILLIS) * numbers.unit().max(numbers.unit() * numbers.unit())) as u32;
    let pages = 1 + numbers.below(3) * numbers.below(4);
    for page in 0..pages {
        let event = |millis, what| Event { millis, visitor, agent: agent as u16, site: index as u16, what };
        events.push(event(millis, What::Page(numbers.popular(site.pages.len()) as u16)));
        for _ in 0..numbers.below(if page == 0 { 9 } else { 3 }) {
            millis += numbers.below(150) as u32;
            if millis < DAY_MILLIS {
                events.push(event(millis, What::Asset(numbers.below(site.assets.len()) as u16)));
            }
        }
        millis += 1_500 + (90_000.0 * numbers.unit() * numbers.unit()) as u32;
        if millis >= DAY_MILLIS {
            break;
        }
    }
}

/// A crawler on one site, or somebody who tries one thing on every site.
fn crawl(numbers: &mut Numbers, sites: &[Site], events: &mut Vec<Event>) {
    let visitor = (VISITORS - 1 - numbers.popular(400)) as u32;
    let everywhere = visitor.is_multiple_of(5);
    let mut millis = numbers.below(DAY_MILLIS as usize) as u32;
    let mut index = numbers.popular(sites.len());
    for _ in 0..20 + numbers.below(300) {
        if everywhere {
            index = numbers.below(sites.len());
        }
        let what = match numbers.below(2) {
            _ if !everywhere => What::Page(numbers.below(sites[index].pages.len()) as u16),
            0 => What::Login,
            _ => What::Probe(numbers.below(PROBES.len()) as u8),
        };
        events.push(Event { millis, visitor, agent: visitor as u16 % 12, site: index as u16, what });
        millis += 100 + numbers.below(3_000) as u32;
        if millis >= DAY_MILLIS {
            return;
        }
    }
}
