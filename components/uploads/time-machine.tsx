'use client';

import { Pause, Play, SkipBack, SkipForward, StepBack, StepForward } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Timeline } from '@/lib/uploads/timeline';
import { Assumed } from '../ui/badge';
import { formatCount, formatDuration, plural } from '../ui/format';
import { Card } from '../ui/layout';
import { Hops } from './hops';
import { Lanes } from './lanes';
import { TimeEvents } from './time-events';
import { clockOf, type Geometry, geometryOf, place } from './time-geometry';

const SPEEDS = [1, 60, 600] as const;
/** With reduced motion the playhead steps from event to event, this often. */
const STEP_MS = 900;

/** A finished run, to be gone through: lanes, playhead, the list of KMS requests, and the hops of one object. */
export function TimeMachine({
  runId,
  timeline,
  lifetime,
  start,
}: {
  runId: string;
  timeline: Timeline;
  /** Seconds for which a bucket key was kept. */
  lifetime: number;
  /** Seconds after the begin at which the playhead stands at first. */
  start: number | undefined;
}) {
  const { from, to, events } = timeline;
  const [time, setTime] = useState(start === undefined ? to : Math.min(to, from + start * 1000));
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(60);
  const passed = events.filter((it) => it.time <= time).length;
  const current = events[passed - 1];

  // The address follows, but not at every frame.
  useEffect(() => {
    if (playing) return;
    const timer = setTimeout(() => {
      const url = new URL(window.location.href);
      url.searchParams.set('t', ((time - from) / 1000).toFixed(1));
      window.history.replaceState(null, '', url);
    }, 200);
    return () => clearTimeout(timer);
  }, [playing, time, from]);

  useEffect(() => {
    if (!playing) return;
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
      const timer = setInterval(() => {
        setTime((now) => {
          const next = events.find((it) => it.time > now)?.time ?? to;
          if (next >= to) setPlaying(false);
          return next;
        });
      }, STEP_MS);
      return () => clearInterval(timer);
    }
    let frame = 0;
    let last = performance.now();
    const advance = (now: number) => {
      const moved = (now - last) * speed;
      last = now;
      setTime((before) => {
        const next = Math.min(to, before + moved);
        if (next >= to) setPlaying(false);
        return next;
      });
      frame = requestAnimationFrame(advance);
    };
    frame = requestAnimationFrame(advance);
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, to, events]);

  const go = (moment: number) => {
    setPlaying(false);
    setTime(Math.min(to, Math.max(from, moment)));
  };
  const step = (by: 1 | -1) => {
    const next = by === 1 ? events.find((it) => it.time > time) : events.findLast((it) => it.time < time);
    go(next?.time ?? (by === 1 ? to : from));
  };
  const toggle = () => {
    if (!playing && time >= to) setTime(from);
    setPlaying(!playing);
  };
  const said = `${clockOf(time)}, event ${formatCount(passed)} of ${formatCount(events.length)}`;

  return (
    <>
      <section className="card">
        <header className="rule time-head">
          <h2>Time machine</h2>
          <div className="transport">
            <IconButton label="To the start" onClick={() => go(from)} icon={<SkipBack size={14} aria-hidden />} />
            <IconButton label="One event back" onClick={() => step(-1)} icon={<StepBack size={14} aria-hidden />} />
            <button type="button" className="play" aria-label={playing ? 'Pause' : 'Play'} onClick={toggle}>
              {playing ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
            </button>
            <IconButton label="One event on" onClick={() => step(1)} icon={<StepForward size={14} aria-hidden />} />
            <IconButton label="To the end" onClick={() => go(to)} icon={<SkipForward size={14} aria-hidden />} />
            <span className="playhead-clock" aria-live={playing ? 'off' : 'polite'}>
              <span className="mono">{clockOf(time)}</span>{' '}
              <span className="text-ink-2">
                event {formatCount(passed)} of {formatCount(events.length)}
              </span>
            </span>
          </div>
          <div className="segments" role="group" aria-label="Speed">
            {SPEEDS.map((it) => (
              <button key={it} type="button" aria-pressed={speed === it} onClick={() => setSpeed(it)}>
                {it}×
              </button>
            ))}
          </div>
        </header>
        <div className="card-body pt">
          <Drawing
            timeline={timeline}
            geometry={geometryOf(timeline.lanes.length, false)}
            time={time}
            said={said}
            onTime={go}
            onStep={step}
            onToggle={toggle}
            className="only-wide"
          />
          <Drawing
            timeline={timeline}
            geometry={geometryOf(timeline.lanes.length, true)}
            time={time}
            said={said}
            onTime={go}
            onStep={step}
            onToggle={toggle}
            className="only-narrow"
          />
          <Legend timeline={timeline} lifetime={lifetime} />
        </div>
      </section>
      <div className="split with-side">
        <TimeEvents runId={runId} timeline={timeline} current={passed - 1} onPick={(event) => go(event.time)} />
        {current ? (
          <Hops runId={runId} index={current.index} waiting={playing} />
        ) : (
          <Card title="No request yet">
            <p className="text-ink-2">
              Move the playhead to the first event, and its way through S3 and KMS stands here.
            </p>
          </Card>
        )}
      </div>
    </>
  );
}

function IconButton({ label, onClick, icon }: { label: string; onClick: () => void; icon: React.ReactNode }) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onClick}>
      {icon}
    </button>
  );
}

function Legend({ timeline, lifetime }: { timeline: Timeline; lifetime: number }) {
  const kept = timeline.lanes.some(({ kind }) => kind !== 'none');
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 mt-1">
      <div className="legend">
        <span>
          <i className="legend-spared" />
          Requests per {formatDuration(Math.max(1, timeline.stepMs / 1000))}
        </span>
        {timeline.revoked && (
          <span>
            <i className="legend-late" />
            Accepted after permission was removed
          </span>
        )}
        <span>
          <i className="legend-made tick" />
          KMS request
        </span>
        {kept && (
          <span>
            <i className="legend-life" />
            Life of a kept key
          </span>
        )}
      </div>
      {kept && (
        <span className="ml-auto text-ink-2">
          Life of a key {formatDuration(lifetime)} <Assumed />
        </span>
      )}
    </div>
  );
}

/** The lanes with the playhead over them, which is a slider for the keyboard and can be dragged. */
function Drawing({
  timeline,
  geometry,
  time,
  said,
  onTime,
  onStep,
  onToggle,
  className,
}: {
  timeline: Timeline;
  geometry: Geometry;
  time: number;
  said: string;
  onTime: (time: number) => void;
  onStep: (by: 1 | -1) => void;
  onToggle: () => void;
  className: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const { from, to } = timeline;
  const share = place(geometry, timeline, time) / geometry.width;

  const at = (clientX: number): number => {
    const { left = 0, width = 1 } = box.current?.getBoundingClientRect() ?? {};
    const x = ((clientX - left) / width) * geometry.width;
    return from + ((x - geometry.left) / (geometry.width - geometry.left - geometry.right)) * (to - from);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => onStep(1),
    ArrowUp: () => onStep(1),
    ArrowLeft: () => onStep(-1),
    ArrowDown: () => onStep(-1),
    Home: () => onTime(from),
    End: () => onTime(to),
    PageUp: () => onTime(time + (to - from) / 10),
    PageDown: () => onTime(time - (to - from) / 10),
    ' ': onToggle,
  };
  return (
    <div className={`time-lanes ${className}`} ref={box}>
      <svg viewBox={`0 0 ${geometry.width} ${geometry.height}`} width="100%" role="img" aria-label={describe(timeline)}>
        <Lanes timeline={timeline} geometry={geometry} id={geometry.narrow ? 'narrow' : 'wide'} />
      </svg>
      <div className="after" style={{ left: `${share * 100}%` }} aria-hidden />
      <div
        className="scrub"
        style={{
          left: `${(geometry.left / geometry.width) * 100}%`,
          right: `${(geometry.right / geometry.width) * 100}%`,
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          onTime(at(event.clientX));
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) onTime(at(event.clientX));
        }}
      />
      <div
        className="playhead"
        style={{ left: `${share * 100}%` }}
        role="slider"
        tabIndex={0}
        aria-label="Playhead"
        aria-valuemin={0}
        aria-valuemax={Math.round((to - from) / 1000)}
        aria-valuenow={Math.round((time - from) / 1000)}
        aria-valuetext={said}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (!act) return;
          event.preventDefault();
          act();
        }}
      />
    </div>
  );
}

function describe({ lanes, revoked }: Timeline): string {
  const all = lanes.map(
    (it) =>
      `${it.principalArn.split('/')[1] ?? it.principalArn}: ${plural(it.stored, 'request')} answered, ${formatCount(it.refused)} refused, ${plural(it.made, 'KMS request')}`,
  );
  return `${all.join('. ')}.${revoked ? ` A permission was removed at ${clockOf(revoked.at)}.` : ''}`;
}
