import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { explainQuery, type ExplainQuery, explanationView, type ExplanationView } from './explain.dto.js';
import { ExplainService } from './explain.service.js';

@ApiTags('explain')
@Controller('api/v1/explain')
export class ExplainController {
  constructor(private readonly service: ExplainService) {}

  @Get()
  @Answers(explanationView, { also: [404] })
  async explain(
    @CurrentUser() person: Person,
    @Query({ schema: explainQuery }) query: ExplainQuery,
  ): Promise<ExplanationView> {
    return this.service.explain(person, query);
  }
}
