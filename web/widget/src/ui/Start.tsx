// Before a chat: the hours, and the questions an administrator wants answered first.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Refusal } from '../chat';
import { type Answers, type Form, type Patterns, type Question, flaw } from '../form';
import type { Hours } from '../hub';
import type { Language } from '../words';
import { takeFocus } from './focus';
import { Icon } from './icons';

export function Closed({ hours, language }: { hours: Hours; language: Language }) {
  return (
    <div class="closed" role="note">
      <Icon of="clock" />
      <div>
        <strong>{language.say('closed')}</strong>
        {hours.message && <p dir="auto">{hours.message}</p>}
        {hours.opens !== null && <p>{language.say('opens', { when: language.moment(hours.opens) })}</p>}
        <p>{language.say('writeAnyway')}</p>
      </div>
    </div>
  );
}

interface Props {
  form: Form;
  patterns: Patterns;
  language: Language;
  answers: Answers;
  refusal: Refusal | null;
  changed: (answers: Answers) => void;
  submit: () => void;
}

export function StartForm({ form, patterns, language, answers, refusal, changed, submit }: Props) {
  const [shown, show] = useState<Set<string>>(new Set());
  /** What the hub has refused counts until the answer is another one. */
  const [corrected, correct] = useState<Refusal | null>(null);
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => takeFocus(box.current!.querySelector<HTMLElement>('.input')), []);
  const wrong = (question: Question): string | null => {
    if (refusal?.field === question.key && corrected !== refusal) return language.reason(refusal.why);
    const key = shown.has(question.key) ? flaw(question, answers[question.key], patterns) : null;
    return key && language.say(key);
  };
  const send = (event: Event) => {
    event.preventDefault();
    const flawed = form.questions.find((question) => flaw(question, answers[question.key], patterns));
    if (!flawed) return submit();
    show(new Set(form.questions.map(({ key }) => key)));
    box.current?.querySelector<HTMLElement>(`[name="${CSS.escape(flawed.key)}"]`)?.focus();
  };
  return (
    <form class="start" noValidate onSubmit={send} ref={box}>
      {form.title && <h2 dir="auto">{form.title}</h2>}
      {form.description && <p dir="auto">{form.description}</p>}
      {form.questions.map((question) => (
        <Field
          key={question.key}
          question={question}
          answer={answers[question.key]}
          wrong={wrong(question)}
          language={language}
          changed={(answer) => {
            if (refusal?.field === question.key) correct(refusal);
            changed({ ...answers, [question.key]: answer });
          }}
          left={() => answers[question.key]?.length && show((before) => new Set([...before, question.key]))}
        />
      ))}
      {refusal && !form.questions.some(({ key }) => key === refusal.field) && (
        <p class="wrong" role="alert">
          <Icon of="alert" />
          <span dir="auto">{language.reason(refusal.why)}</span>
        </p>
      )}
      {/* Leaving a field may show a message and move the button away from under the pointer. */}
      <button type="submit" class="primary" onMouseDown={(event) => event.preventDefault()}>
        {language.say('begin')}
      </button>
    </form>
  );
}

interface FieldProps {
  question: Question;
  answer: string | string[] | undefined;
  wrong: string | null;
  language: Language;
  changed: (answer: string | string[]) => void;
  left: () => void;
}

function Field({ question, answer, wrong, language, changed, left }: FieldProps) {
  const { key, label, help, required, asks } = question;
  const id = `answer-${key}`;
  const about = [wrong && `${id}-wrong`, help && `${id}-help`].filter(Boolean).join(' ') || undefined;
  const common = { name: key, 'aria-required': required, 'aria-invalid': wrong !== null, 'aria-describedby': about, onBlur: left };
  const isGroup = asks.is === 'several' || asks.is === 'points';
  const title = (
    <span class="label" dir="auto">
      {label}
      {!required && <small> ({language.say('optional')})</small>}
    </span>
  );
  const under = (
    <>
      {help && (
        <small id={`${id}-help`} dir="auto">
          {help}
        </small>
      )}
      {wrong && (
        <span class="wrong" id={`${id}-wrong`} role="alert">
          <Icon of="alert" />
          <span dir="auto">{wrong}</span>
        </span>
      )}
    </>
  );
  if (isGroup) {
    return (
      <fieldset class="answer" aria-describedby={about}>
        <legend>{title}</legend>
        <Options question={question} answer={answer} language={language} changed={changed} />
        {under}
      </fieldset>
    );
  }
  const value = typeof answer === 'string' ? answer : '';
  const take = ({ currentTarget }: { currentTarget: { value: string } }) => changed(currentTarget.value);
  return (
    <div class="answer">
      <label for={id}>{title}</label>
      {asks.is === 'paragraph' && <textarea id={id} class="input" rows={3} dir="auto" value={value} onInput={take} {...common} />}
      {asks.is === 'line' && <input id={id} class="input" {...({ type: asks.input } as object)} dir={value ? 'auto' : undefined} autocomplete={COMPLETES[asks.input]} value={value} onInput={take} {...common} />}
      {asks.is === 'one' && (
        <select id={id} class="input" value={value} onChange={take} {...common}>
          <option value="">{language.say('choose')}</option>
          {asks.options.map((option) => (
            <option value={option}>{option === 'yes' || option === 'no' ? language.say(option) : option}</option>
          ))}
        </select>
      )}
      {under}
    </div>
  );
}

const COMPLETES: Record<string, 'email' | 'tel' | 'url'> = { email: 'email', tel: 'tel', url: 'url' };

function Options({ question: { key, asks }, answer, language, changed }: Pick<FieldProps, 'question' | 'answer' | 'language' | 'changed'>) {
  if (asks.is === 'points') {
    const points = Array.from({ length: asks.to - asks.from + 1 }, (_, step) => asks.from + step);
    return (
      <div class="several">
        {points.map((point) => (
          <label>
            <input type="radio" name={key} checked={answer === String(point)} onChange={() => changed(String(point))} />
            <span>{language.count(point)}</span>
          </label>
        ))}
      </div>
    );
  }
  const chosen = Array.isArray(answer) ? answer : [];
  const options = asks.is === 'several' ? asks.options : [];
  const turn = (option: string) => changed(chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option]);
  return (
    <div class="several">
      {options.map((option) => (
        <label>
          <input type="checkbox" name={key} checked={chosen.includes(option)} onChange={() => turn(option)} />
          <span dir="auto">{option}</span>
        </label>
      ))}
    </div>
  );
}
