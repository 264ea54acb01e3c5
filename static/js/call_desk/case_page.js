// The page of a case: what takes on what runs with the person.
import { moveForms } from "./moves.js";

moveForms();
