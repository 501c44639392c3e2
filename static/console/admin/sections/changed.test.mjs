import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { texts } from "../texts.ts";
import { fieldName, valueText } from "./changed.ts";

const TEAM = "0".repeat(31) + "1";
const PORTAL = "0".repeat(31) + "2";
const BOOKS = { team: [{ id: TEAM, name: "Billing" }], portal: [{ id: PORTAL, name: "Acme help" }] };
const admin = { book: (noun) => ({ items: BOOKS[noun] ?? [] }) };

before(() => texts.ready());

describe("the log of changes", () => {
  test("calls fields as their pages do; a language is named; what has no name stays", () => {
    assert.equal(fieldName("portal", "setup.texts.title.fr"), "Title · French");
    assert.equal(fieldName("company", "slug"), "Short name");
    assert.equal(fieldName("portal", "slug"), "Address");
    assert.equal(fieldName("portal", "setup.files.max_pixels"), "Files · max_pixels");
    assert.equal(fieldName("portal", "setup.brand_new"), "setup.brand_new");
  });

  test("says values in words, and ids as the names of what they are", () => {
    assert.equal(valueText(admin, "fallback_team", TEAM), "Billing");
    assert.equal(valueText(admin, "portals", [PORTAL]), "Acme help");
    assert.equal(valueText(admin, "members", [{ technician: TEAM, supervisor: true }]), '[{"technician":"Billing","supervisor":true}]');
    assert.equal(valueText(admin, "automatic", true), "yes");
    assert.equal(valueText(admin, "setup.sign_in", "offered"), "If they like");
    assert.deepEqual(["", null, undefined, []].map((one) => valueText(admin, "hosts", one)), [null, null, null, null]);
    assert.equal(valueText(admin, "hosts", ["a.example", "b.example"]), "a.example, b.example");
    assert.equal(valueText(admin, "team", "f".repeat(32)), "f".repeat(32)); // gone, or of another company
  });
});
